ALTER TABLE "calendars" ADD COLUMN "test_failed_code" TEXT,
ADD COLUMN "test_failed_reason" TEXT,
ADD COLUMN "test_failed_since" TIMESTAMPTZ(3);
