ALTER TABLE "calendars" ADD COLUMN "webhook_refused_types" JSONB NOT NULL DEFAULT '[]';
