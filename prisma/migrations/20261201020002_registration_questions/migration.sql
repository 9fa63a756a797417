ALTER TABLE "events" ADD COLUMN "registration_questions" JSONB;
