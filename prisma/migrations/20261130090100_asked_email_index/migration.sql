-- CreateIndex
CREATE INDEX "rsvp_links_asked_email_idx" ON "rsvp_links"("asked_email");
