-- A read at Luma is made without the lease of the guests: what was written since it began may be newer than what it shows.
-- AlterTable
ALTER TABLE "record_leases" ADD COLUMN     "acquired_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "rsvp_links" ADD COLUMN     "gone_guest_id" TEXT;

-- CreateIndex
CREATE INDEX "rsvp_links_gone_guest_id_idx" ON "rsvp_links"("gone_guest_id");
