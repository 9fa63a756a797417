-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "key_luma_calendar_id" TEXT;
