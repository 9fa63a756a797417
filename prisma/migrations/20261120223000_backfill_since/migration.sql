-- AlterTable: no plan was stored before.
ALTER TABLE "backfill_plans" ADD COLUMN "starts_after" TIMESTAMPTZ(3) NOT NULL;
