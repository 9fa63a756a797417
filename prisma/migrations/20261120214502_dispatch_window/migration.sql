-- CreateEnum
CREATE TYPE "slot_outcome" AS ENUM ('fired', 'missed');

-- DropIndex
DROP INDEX "operations_dispatch_at_idx";

-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "dispatched" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "schedule_slots" ADD COLUMN     "outcome" "slot_outcome" NOT NULL DEFAULT 'fired';

-- CreateIndex
CREATE INDEX "operations_to_dispatch" ON "operations"("job", "priority", "dispatch_at") WHERE (NOT dispatched AND dispatch_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "operations_to_look_at" ON "operations"("dispatch_at") WHERE (dispatched AND dispatch_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "operations_finished" ON "operations"("finished_at") WHERE (finished_at IS NOT NULL AND state <> 'failed'::operation_state);

-- CreateIndex
CREATE INDEX "operations_dead_letters" ON "operations"("finished_at") WHERE (state = 'failed'::operation_state);

-- CreateIndex
CREATE INDEX "webhook_deliveries_with_body" ON "webhook_deliveries"("received_at") WHERE (raw_body IS NOT NULL);

-- Rows that have a job already are looked at, not dispatched once more.
UPDATE "operations" SET "dispatched" = true WHERE "dispatches" > 0 AND "dispatch_at" IS NOT NULL;
