-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "record_key" TEXT;
