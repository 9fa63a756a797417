-- CreateEnum
CREATE TYPE "cancel_mode" AS ENUM ('hide', 'soft', 'cancel');

-- CreateEnum
CREATE TYPE "mail_purpose" AS ENUM ('event_update', 'rsvp_push');

-- CreateEnum
CREATE TYPE "absent_record" AS ENUM ('rsvp', 'event');

-- CreateEnum
CREATE TYPE "removal_answer" AS ENUM ('remove', 'keep');

-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "mail_confirm_above" INTEGER NOT NULL DEFAULT 50;

-- AlterTable
ALTER TABLE "events" ADD COLUMN     "cancel_mode" "cancel_mode";

-- CreateTable
CREATE TABLE "mail_permits" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "event_id" UUID NOT NULL,
    "purpose" "mail_purpose" NOT NULL,
    "recipients" INTEGER NOT NULL,
    "used" INTEGER NOT NULL DEFAULT 0,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mail_permits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guest_pages" (
    "operation_id" UUID NOT NULL,
    "page" INTEGER NOT NULL,
    "guest_ids" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guest_pages_pkey" PRIMARY KEY ("operation_id","page")
);

-- CreateTable
CREATE TABLE "absences" (
    "record_type" "absent_record" NOT NULL,
    "record_id" UUID NOT NULL,
    "scope_id" UUID NOT NULL,
    "first_missing_at" TIMESTAMPTZ(3) NOT NULL,
    "last_missing_at" TIMESTAMPTZ(3) NOT NULL,
    "listings" INTEGER NOT NULL DEFAULT 1,
    "kept_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    "before" JSONB,

    CONSTRAINT "absences_pkey" PRIMARY KEY ("record_type","record_id")
);

-- CreateTable
CREATE TABLE "removal_questions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "record_type" "absent_record" NOT NULL,
    "scope_id" UUID NOT NULL,
    "missing" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "record_ids" UUID[],
    "answer" "removal_answer",
    "answered_by" TEXT,
    "answered_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "removal_questions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_cancellations" (
    "operation_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "guests" INTEGER NOT NULL,
    "refund" BOOLEAN,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "asked_at" TIMESTAMPTZ(3),
    "looks" INTEGER NOT NULL DEFAULT 0,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_cancellations_pkey" PRIMARY KEY ("operation_id")
);

-- CreateTable
CREATE TABLE "revoked_sessions" (
    "session_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "revoked_sessions_pkey" PRIMARY KEY ("session_hash")
);

-- CreateIndex
CREATE INDEX "mail_permits_event_id_purpose_idx" ON "mail_permits"("event_id", "purpose");

-- CreateIndex
CREATE INDEX "mail_permits_expires_at_idx" ON "mail_permits"("expires_at");

-- CreateIndex
CREATE INDEX "guest_pages_created_at_idx" ON "guest_pages"("created_at");

-- CreateIndex
CREATE INDEX "absences_scope_id_idx" ON "absences"("scope_id");

-- CreateIndex
CREATE INDEX "removal_questions_created_at_idx" ON "removal_questions"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "removal_questions_one_unsettled" ON "removal_questions"("record_type", "scope_id") WHERE (settled_at IS NULL);

-- CreateIndex
CREATE INDEX "event_cancellations_event_id_idx" ON "event_cancellations"("event_id");

-- CreateIndex
CREATE INDEX "revoked_sessions_expires_at_idx" ON "revoked_sessions"("expires_at");
