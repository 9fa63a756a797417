-- AlterTable
ALTER TABLE "budget_activity" ADD COLUMN     "forgotten_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "waiting_until" TIMESTAMPTZ(3);
