-- CreateIndex
CREATE INDEX "rsvp_links_asked_email_idx" ON "rsvp_links"("asked_email");

-- CreateIndex
CREATE INDEX "webhook_deliveries_waiting" ON "webhook_deliveries"("record_key") WHERE (state = 'pending'::delivery_state);
