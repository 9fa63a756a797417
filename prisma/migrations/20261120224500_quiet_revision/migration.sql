-- AlterTable
ALTER TABLE "events" ADD COLUMN     "quiet_revision" INTEGER;
