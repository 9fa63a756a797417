-- AlterTable
ALTER TABLE "rsvp_links" ADD COLUMN     "asked_email" TEXT;
