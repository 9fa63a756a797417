-- AlterEnum
ALTER TYPE "timeline_kind" ADD VALUE 'waiting';
ALTER TYPE "timeline_kind" ADD VALUE 'failed';

-- AlterTable
ALTER TABLE "conflicts" ADD COLUMN     "resolved_by" TEXT;

-- AlterTable
ALTER TABLE "timeline" ADD COLUMN     "fact" TEXT,
ADD COLUMN     "last_at" TIMESTAMPTZ(3),
ADD COLUMN     "repeat_key" TEXT,
ADD COLUMN     "repeats" INTEGER NOT NULL DEFAULT 1;

-- CreateIndex
CREATE INDEX "timeline_runs" ON "timeline"("operation_id") WHERE (fact = 'run'::text);
