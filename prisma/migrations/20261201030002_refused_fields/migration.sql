ALTER TABLE "event_links" ADD COLUMN "registration_refused" TEXT;
ALTER TABLE "rsvp_links" ADD COLUMN "name_refused" TEXT;
