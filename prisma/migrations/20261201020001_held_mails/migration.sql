ALTER TABLE "rsvp_links" ADD COLUMN "mail_held_revision" INTEGER, ADD COLUMN "mail_confirmed_at" TIMESTAMPTZ(3);
CREATE INDEX "rsvp_links_mail_held" ON "rsvp_links"("rsvp_id") WHERE mail_held_revision IS NOT NULL;
