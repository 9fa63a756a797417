-- CreateEnum
CREATE TYPE "backfill_state" AS ENUM ('planned', 'applying', 'applied', 'stale');

-- CreateEnum
CREATE TYPE "backfill_step_kind" AS ENUM ('adopt', 'create', 'import');

-- CreateEnum
CREATE TYPE "backfill_answer" AS ENUM ('link', 'keep_apart');

-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "probed_at" TIMESTAMPTZ(3),
ADD COLUMN     "unannounced_at" TIMESTAMPTZ(3),
ADD COLUMN     "webhook_checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "webhook_repaired_at" TIMESTAMPTZ(3),
ADD COLUMN     "webhook_state" TEXT NOT NULL DEFAULT 'unknown';

-- AlterTable
ALTER TABLE "event_links" ADD COLUMN     "guest_heads_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "backfill_plans" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "calendar_id" UUID NOT NULL,
    "state" "backfill_state" NOT NULL DEFAULT 'planned',
    "actor" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "requests" INTEGER NOT NULL,
    "per_minute" INTEGER NOT NULL,
    "compared" INTEGER NOT NULL,
    "questions" INTEGER NOT NULL,
    "changes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "backfill_plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backfill_steps" (
    "plan_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "backfill_step_kind" NOT NULL,
    "event_id" UUID,
    "luma_event_id" TEXT,
    "merges_event_id" UUID,
    "matched_by" TEXT,
    "basis" TEXT NOT NULL,
    "sends" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "takes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "requests" TEXT[],
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "backfill_steps_pkey" PRIMARY KEY ("plan_id","position")
);

-- CreateTable
CREATE TABLE "backfill_questions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "calendar_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "luma_event_id" TEXT NOT NULL,
    "shown" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "answer" "backfill_answer",
    "answered_by" TEXT,
    "answered_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backfill_questions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "backfill_plans_calendar_id_created_at_idx" ON "backfill_plans"("calendar_id", "created_at");

-- CreateIndex
CREATE INDEX "backfill_plans_created_at_idx" ON "backfill_plans"("created_at");

-- CreateIndex
CREATE INDEX "backfill_questions_calendar_id_created_at_idx" ON "backfill_questions"("calendar_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "backfill_questions_event_id_luma_event_id_key" ON "backfill_questions"("event_id", "luma_event_id");

-- AddForeignKey
ALTER TABLE "backfill_plans" ADD CONSTRAINT "backfill_plans_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "calendars"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backfill_steps" ADD CONSTRAINT "backfill_steps_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "backfill_plans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backfill_questions" ADD CONSTRAINT "backfill_questions_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "calendars"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backfill_questions" ADD CONSTRAINT "backfill_questions_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;
