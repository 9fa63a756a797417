-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "isolated" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "lease_alone" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "parked_at" TIMESTAMPTZ(3),
ADD COLUMN     "slow_tries" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "suspected_owner" TEXT;

-- CreateTable
CREATE TABLE "worker_processes" (
    "id" TEXT NOT NULL,
    "app" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "main_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "worker_processes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "worker_processes_seen_at_idx" ON "worker_processes"("seen_at");

-- CreateIndex
CREATE INDEX "operations_isolated" ON "operations"("priority", "dispatch_at") WHERE (isolated AND dispatch_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "operations_parked" ON "operations"("parked_at") WHERE (parked_at IS NOT NULL AND state = 'queued'::operation_state);

-- CreateIndex
CREATE INDEX "operations_running" ON "operations"("dedupe_key") WHERE (state = 'running'::operation_state);

-- CreateIndex
CREATE INDEX "webhook_deliveries_pending" ON "webhook_deliveries"("received_at") WHERE (state = 'pending'::delivery_state);

-- Deaths that were counted before were counted beside others.
UPDATE "operations" SET "isolated" = true, "crashes" = 0 WHERE "crashes" > 0 AND "state" IN ('queued', 'running');
