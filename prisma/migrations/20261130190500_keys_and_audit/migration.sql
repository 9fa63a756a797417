-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "calendar_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "audit_log" ADD COLUMN     "actor_kind" TEXT NOT NULL DEFAULT 'unknown',
ADD COLUMN     "address" TEXT,
ADD COLUMN     "api_key_id" UUID,
ADD COLUMN     "calendar_id" UUID,
ADD COLUMN     "subject_type" TEXT NOT NULL DEFAULT 'operation';

-- CreateIndex
CREATE INDEX "audit_log_subject_id_idx" ON "audit_log"("subject", "id");

-- CreateIndex
CREATE INDEX "audit_log_calendar_id_id_idx" ON "audit_log"("calendar_id", "id");

-- CreateIndex
CREATE INDEX "audit_log_action_id_idx" ON "audit_log"("action", "id");

-- CreateIndex
CREATE INDEX "audit_log_actor_id_idx" ON "audit_log"("actor", "id");

-- Keys made before scopes were split keep exactly what they could do. A new key with "write" can neither mail nor do what cannot be undone.
UPDATE "api_keys" SET "scopes" = ARRAY['write', 'events:read', 'events:write', 'people:read', 'mail', 'irreversible']
WHERE 'write' = ANY("scopes") AND NOT 'admin' = ANY("scopes");

-- Names of actors that are no app. A made-up key has the first twelve characters as its prefix, the one of the environment only four.
UPDATE "api_keys" SET "name" = "name" || ' (app)'
WHERE lower("name") IN ('bootstrap', 'luma-sync', 'luma', 'schedule', 'webhook', 'operator', 'cli', 'environment') AND length("prefix") = 12;

-- Rows are written and read. Retention alone removes old ones, and says so in its transaction.
-- The body is one string without a semicolon (\073 is one), since migrations are split at semicolons before they are sent.
CREATE FUNCTION "audit_log_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
  IF TG_OP = \'DELETE\' AND current_setting(\'luma_sync.audit_retention\', true) = \'on\' THEN
    IF OLD."at" < now() - interval \'30 days\' THEN RETURN OLD\073 END IF\073
  END IF\073
  RAISE EXCEPTION \'audit_log is append-only\' USING ERRCODE = \'insufficient_privilege\'\073
END';

CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE ON "audit_log"
FOR EACH ROW EXECUTE FUNCTION "audit_log_is_append_only"();

CREATE TRIGGER "audit_log_not_truncated" BEFORE TRUNCATE ON "audit_log"
FOR EACH STATEMENT EXECUTE FUNCTION "audit_log_is_append_only"();
