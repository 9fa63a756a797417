-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "crashed_at" TIMESTAMPTZ(3);

