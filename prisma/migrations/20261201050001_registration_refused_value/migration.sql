-- Null for refusals of before: the next push tries them once more.
ALTER TABLE "event_links" ADD COLUMN "registration_refused_value" BOOLEAN;
