-- AlterTable
ALTER TABLE "rsvp_links" ADD COLUMN     "asked_revision" INTEGER NOT NULL DEFAULT 0;

-- What was sent before counts as sent: its newest revision where it is under way or was tried again, else the one Luma is known to hold.
UPDATE "rsvp_links" l
SET "asked_revision" = CASE WHEN l."state" = 'pending_push' AND l."confirm_tries" = 0 THEN l."pushed_revision" ELSE r."revision" END
FROM "rsvps" r
WHERE r."id" = l."rsvp_id" AND (l."asked_at" IS NOT NULL OR l."confirm_tries" > 0);
