-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "calendar_kind" AS ENUM ('luma', 'ical', 'manual');

-- CreateEnum
CREATE TYPE "calendar_status" AS ENUM ('ok', 'auth_failed', 'plan_inactive', 'paused');

-- CreateEnum
CREATE TYPE "event_source" AS ENUM ('app', 'luma', 'ical');

-- CreateEnum
CREATE TYPE "event_ownership" AS ENUM ('created', 'referenced');

-- CreateEnum
CREATE TYPE "event_approval" AS ENUM ('draft', 'pending', 'approved', 'cancelled');

-- CreateEnum
CREATE TYPE "location_type" AS ENUM ('physical', 'online', 'tbd');

-- CreateEnum
CREATE TYPE "event_visibility" AS ENUM ('public', 'members-only', 'private');

-- CreateEnum
CREATE TYPE "event_link_state" AS ENUM ('pending_push', 'pushed', 'pulled', 'synced', 'push_failed', 'drifted', 'source_deleted', 'conflict');

-- CreateEnum
CREATE TYPE "person_origin" AS ENUM ('app', 'luma');

-- CreateEnum
CREATE TYPE "rsvp_status" AS ENUM ('going', 'pending', 'interested', 'waitlist', 'rejected', 'cancelled');

-- CreateEnum
CREATE TYPE "rsvp_link_state" AS ENUM ('pending_push', 'unconfirmed', 'pulled', 'synced', 'push_failed', 'removed');

-- CreateEnum
CREATE TYPE "decided_by" AS ENUM ('us', 'luma_side', 'unknown');

-- CreateEnum
CREATE TYPE "message_state" AS ENUM ('reserved', 'sent', 'unknown', 'failed');

-- CreateEnum
CREATE TYPE "delivery_state" AS ENUM ('pending', 'applied', 'ignored', 'failed');

-- CreateEnum
CREATE TYPE "operation_state" AS ENUM ('queued', 'running', 'done', 'failed', 'discarded');

-- CreateEnum
CREATE TYPE "operation_trigger" AS ENUM ('manual', 'api', 'scheduled', 'webhook');

-- CreateEnum
CREATE TYPE "timeline_kind" AS ENUM ('observed', 'decided', 'skipped', 'asked', 'answered', 'mailed');

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "luma_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_domains" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "organization_id" UUID NOT NULL,
    "domain" TEXT NOT NULL,

    CONSTRAINT "organization_domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendars" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "kind" "calendar_kind" NOT NULL,
    "organization_id" UUID,
    "luma_calendar_id" TEXT,
    "api_key_cipher" TEXT,
    "api_key_fingerprint" TEXT,
    "webhook_secret_cipher" TEXT,
    "previous_webhook_secret_cipher" TEXT,
    "webhook_id" TEXT,
    "ical_url" TEXT,
    "routing_lat" DOUBLE PRECISION,
    "routing_lng" DOUBLE PRECISION,
    "routing_radius_km" DOUBLE PRECISION,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "budget_limit" INTEGER,
    "budget_window_ms" INTEGER,
    "sync_enabled" BOOLEAN NOT NULL DEFAULT true,
    "mail_on_rsvp" BOOLEAN NOT NULL DEFAULT false,
    "mail_on_update" BOOLEAN NOT NULL DEFAULT false,
    "status" "calendar_status" NOT NULL DEFAULT 'ok',
    "status_reason" TEXT,
    "status_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_synced_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "calendars_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "external_id" TEXT,
    "source" "event_source" NOT NULL,
    "ownership" "event_ownership" NOT NULL DEFAULT 'created',
    "approval" "event_approval" NOT NULL,
    "organization_id" UUID,
    "calendar_id" UUID,
    "title" TEXT NOT NULL,
    "description_md" TEXT,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "timezone" TEXT NOT NULL,
    "location_type" "location_type" NOT NULL DEFAULT 'tbd',
    "location_name" TEXT,
    "location_address" TEXT,
    "location_city" TEXT,
    "location_country" TEXT,
    "location_lat" DOUBLE PRECISION,
    "location_lng" DOUBLE PRECISION,
    "meeting_url" TEXT,
    "cover_url" TEXT,
    "visibility" "event_visibility" NOT NULL DEFAULT 'public',
    "capacity" INTEGER,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "url" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "stated" JSONB,
    "raw_payload" JSONB,
    "cancelled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_links" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "event_id" UUID NOT NULL,
    "calendar_id" UUID NOT NULL,
    "luma_event_id" TEXT,
    "slug" TEXT,
    "create_asked_at" TIMESTAMPTZ(3),
    "pushed_revision" INTEGER NOT NULL DEFAULT 0,
    "base" JSONB,
    "content_hash" TEXT,
    "observed_at" TIMESTAMPTZ(3),
    "state" "event_link_state" NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "synced_at" TIMESTAMPTZ(3),
    "guests_pulled_at" TIMESTAMPTZ(3),
    "last_error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_hosts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "event_id" UUID NOT NULL,
    "external_id" TEXT,
    "luma_user_id" TEXT,
    "name" TEXT,
    "email" TEXT,
    "role" TEXT,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_hosts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "people" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "external_id" TEXT,
    "name" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "origin" "person_origin" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "people_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rsvps" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "event_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "status" "rsvp_status" NOT NULL,
    "kind" TEXT,
    "checked_in_at" TIMESTAMPTZ(3),
    "tickets" JSONB NOT NULL DEFAULT '[]',
    "answers" JSONB,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "stated" "rsvp_status",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rsvps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rsvp_links" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "rsvp_id" UUID NOT NULL,
    "luma_guest_id" TEXT,
    "pushed_revision" INTEGER NOT NULL DEFAULT 0,
    "base" JSONB,
    "observed_at" TIMESTAMPTZ(3),
    "state" "rsvp_link_state" NOT NULL,
    "decided_by" "decided_by" NOT NULL DEFAULT 'unknown',
    "asked_at" TIMESTAMPTZ(3),
    "accepted_at" TIMESTAMPTZ(3),
    "confirm_tries" INTEGER NOT NULL DEFAULT 0,
    "last_error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rsvp_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conflicts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "record_type" TEXT NOT NULL,
    "record_id" UUID NOT NULL,
    "field" TEXT NOT NULL,
    "base" JSONB,
    "ours" JSONB,
    "theirs" JSONB,
    "rule" TEXT NOT NULL,
    "resolution" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "conflicts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "coupon_pools" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "calendar_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "coupon_pools_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "coupon_pool_events" (
    "pool_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,

    CONSTRAINT "coupon_pool_events_pkey" PRIMARY KEY ("pool_id","event_id")
);

-- CreateTable
CREATE TABLE "coupon_codes" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "pool_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "position" SERIAL NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "coupon_codes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "coupon_assignments" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "pool_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "code_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "coupon_assignments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messages" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "assignment_id" UUID,
    "recipient" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "provider_id" TEXT,
    "state" "message_state" NOT NULL DEFAULT 'reserved',
    "asked_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "last_error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "calendar_id" UUID NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "raw_body" TEXT,
    "state" "delivery_state" NOT NULL DEFAULT 'pending',
    "error" TEXT,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "job" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "priority" INTEGER NOT NULL,
    "state" "operation_state" NOT NULL DEFAULT 'queued',
    "trigger" "operation_trigger" NOT NULL,
    "actor" TEXT NOT NULL,
    "event_id" UUID,
    "calendar_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "crashes" INTEGER NOT NULL DEFAULT 0,
    "run_after" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "dispatch_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "dispatches" INTEGER NOT NULL DEFAULT 0,
    "requests" INTEGER NOT NULL DEFAULT 1,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "progress_done" INTEGER,
    "progress_total" INTEGER,
    "checkpoint" JSONB,
    "waiting_reason" TEXT,
    "outcome" JSONB,
    "error_code" TEXT,
    "error_message" TEXT,
    "replay_of" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "operations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "record_leases" (
    "key" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "operation_id" UUID NOT NULL,
    "fence" BIGSERIAL NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "record_leases_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "budget_activity" (
    "account" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "budget_activity_pkey" PRIMARY KEY ("account")
);

-- CreateTable
CREATE TABLE "schedule_slots" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "slot" TIMESTAMPTZ(3) NOT NULL,
    "fired_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fired_by" TEXT NOT NULL,

    CONSTRAINT "schedule_slots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "timeline" (
    "id" BIGSERIAL NOT NULL,
    "record_type" TEXT NOT NULL,
    "record_id" UUID NOT NULL,
    "event_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" "timeline_kind" NOT NULL,
    "actor" TEXT NOT NULL,
    "operation_id" UUID,
    "message" TEXT NOT NULL,
    "details" JSONB,

    CONSTRAINT "timeline_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "api_key_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "headers" JSONB,
    "body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "details" JSONB,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "organization_domains_domain_key" ON "organization_domains"("domain");

-- CreateIndex
CREATE INDEX "organization_domains_organization_id_idx" ON "organization_domains"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "calendars_name_key" ON "calendars"("name");

-- CreateIndex
CREATE UNIQUE INDEX "calendars_luma_calendar_id_key" ON "calendars"("luma_calendar_id");

-- CreateIndex
CREATE INDEX "calendars_organization_id_idx" ON "calendars"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "calendars_one_default" ON "calendars"("is_default") WHERE (is_default);

-- CreateIndex
CREATE UNIQUE INDEX "events_external_id_key" ON "events"("external_id");

-- CreateIndex
CREATE INDEX "events_starts_at_id_idx" ON "events"("starts_at", "id");

-- CreateIndex
CREATE INDEX "events_organization_id_starts_at_idx" ON "events"("organization_id", "starts_at");

-- CreateIndex
CREATE INDEX "events_calendar_id_idx" ON "events"("calendar_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_links_event_id_key" ON "event_links"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_links_luma_event_id_key" ON "event_links"("luma_event_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_links_slug_key" ON "event_links"("slug");

-- CreateIndex
CREATE INDEX "event_links_calendar_id_state_idx" ON "event_links"("calendar_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "event_hosts_event_id_luma_user_id_key" ON "event_hosts"("event_id", "luma_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_hosts_event_id_external_id_key" ON "event_hosts"("event_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "people_external_id_key" ON "people"("external_id");

-- CreateIndex
CREATE UNIQUE INDEX "people_email_key" ON "people"("email");

-- CreateIndex
CREATE INDEX "people_phone_idx" ON "people"("phone");

-- CreateIndex
CREATE INDEX "rsvps_person_id_idx" ON "rsvps"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "rsvps_event_id_person_id_key" ON "rsvps"("event_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "rsvp_links_rsvp_id_key" ON "rsvp_links"("rsvp_id");

-- CreateIndex
CREATE UNIQUE INDEX "rsvp_links_luma_guest_id_key" ON "rsvp_links"("luma_guest_id");

-- CreateIndex
CREATE INDEX "rsvp_links_state_idx" ON "rsvp_links"("state");

-- CreateIndex
CREATE INDEX "conflicts_record_type_record_id_idx" ON "conflicts"("record_type", "record_id");

-- CreateIndex
CREATE INDEX "conflicts_created_at_idx" ON "conflicts"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "coupon_pools_name_key" ON "coupon_pools"("name");

-- CreateIndex
CREATE INDEX "coupon_pool_events_event_id_idx" ON "coupon_pool_events"("event_id");

-- CreateIndex
CREATE INDEX "coupon_codes_pool_id_position_idx" ON "coupon_codes"("pool_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "coupon_codes_pool_id_code_key" ON "coupon_codes"("pool_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "coupon_assignments_code_id_key" ON "coupon_assignments"("code_id");

-- CreateIndex
CREATE INDEX "coupon_assignments_pool_id_idx" ON "coupon_assignments"("pool_id");

-- CreateIndex
CREATE INDEX "coupon_assignments_event_id_idx" ON "coupon_assignments"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "coupon_assignments_person_id_pool_id_key" ON "coupon_assignments"("person_id", "pool_id");

-- CreateIndex
CREATE UNIQUE INDEX "messages_assignment_id_key" ON "messages"("assignment_id");

-- CreateIndex
CREATE UNIQUE INDEX "messages_idempotency_key_key" ON "messages"("idempotency_key");

-- CreateIndex
CREATE INDEX "messages_state_idx" ON "messages"("state");

-- CreateIndex
CREATE INDEX "webhook_deliveries_received_at_idx" ON "webhook_deliveries"("received_at");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_calendar_id_webhook_id_key" ON "webhook_deliveries"("calendar_id", "webhook_id");

-- CreateIndex
CREATE INDEX "operations_dispatch_at_idx" ON "operations"("dispatch_at");

-- CreateIndex
CREATE INDEX "operations_event_id_created_at_idx" ON "operations"("event_id", "created_at");

-- CreateIndex
CREATE INDEX "operations_state_created_at_idx" ON "operations"("state", "created_at");

-- CreateIndex
CREATE INDEX "operations_job_created_at_idx" ON "operations"("job", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "operations_one_queued" ON "operations"("dedupe_key") WHERE (state = 'queued'::operation_state);

-- CreateIndex
CREATE INDEX "record_leases_expires_at_idx" ON "record_leases"("expires_at");

-- CreateIndex
CREATE INDEX "schedule_slots_fired_at_idx" ON "schedule_slots"("fired_at");

-- CreateIndex
CREATE UNIQUE INDEX "schedule_slots_name_slot_key" ON "schedule_slots"("name", "slot");

-- CreateIndex
CREATE INDEX "timeline_record_id_id_idx" ON "timeline"("record_id", "id");

-- CreateIndex
CREATE INDEX "timeline_event_id_id_idx" ON "timeline"("event_id", "id");

-- CreateIndex
CREATE INDEX "timeline_at_idx" ON "timeline"("at");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "idempotency_keys_api_key_id_key_key" ON "idempotency_keys"("api_key_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys"("key_hash");

-- CreateIndex
CREATE INDEX "audit_log_at_idx" ON "audit_log"("at");

-- AddForeignKey
ALTER TABLE "organization_domains" ADD CONSTRAINT "organization_domains_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "calendars"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_links" ADD CONSTRAINT "event_links_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_links" ADD CONSTRAINT "event_links_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "calendars"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_hosts" ADD CONSTRAINT "event_hosts_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rsvps" ADD CONSTRAINT "rsvps_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rsvps" ADD CONSTRAINT "rsvps_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rsvp_links" ADD CONSTRAINT "rsvp_links_rsvp_id_fkey" FOREIGN KEY ("rsvp_id") REFERENCES "rsvps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_pools" ADD CONSTRAINT "coupon_pools_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "calendars"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_pool_events" ADD CONSTRAINT "coupon_pool_events_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "coupon_pools"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_pool_events" ADD CONSTRAINT "coupon_pool_events_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_codes" ADD CONSTRAINT "coupon_codes_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "coupon_pools"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_assignments" ADD CONSTRAINT "coupon_assignments_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "coupon_pools"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_assignments" ADD CONSTRAINT "coupon_assignments_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_assignments" ADD CONSTRAINT "coupon_assignments_code_id_fkey" FOREIGN KEY ("code_id") REFERENCES "coupon_codes"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_assignments" ADD CONSTRAINT "coupon_assignments_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_assignment_id_fkey" FOREIGN KEY ("assignment_id") REFERENCES "coupon_assignments"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "calendars"("id") ON DELETE CASCADE ON UPDATE CASCADE;
