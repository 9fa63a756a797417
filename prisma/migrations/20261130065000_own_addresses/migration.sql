-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "own_addresses" BOOLEAN NOT NULL DEFAULT true;
