ALTER TABLE "event_links" ADD COLUMN "tags_base" JSONB;
