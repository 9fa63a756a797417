-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "default_timezone" TEXT;
