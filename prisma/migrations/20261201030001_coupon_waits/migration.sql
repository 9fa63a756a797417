-- Whether a guest pull that does not say so mails the codes it gives. Calendars of before keep what their pulls did.
ALTER TABLE "calendars" ADD COLUMN "mail_coupons" BOOLEAN NOT NULL DEFAULT false;
UPDATE "calendars" SET "mail_coupons" = true;

CREATE TABLE "coupon_waits" (
    "pool_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "people" INTEGER NOT NULL,
    "send_emails" BOOLEAN NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "coupon_waits_pkey" PRIMARY KEY ("pool_id","event_id")
);

CREATE INDEX "coupon_waits_event_id_idx" ON "coupon_waits"("event_id");

ALTER TABLE "coupon_waits" ADD CONSTRAINT "coupon_waits_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "coupon_pools"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "coupon_waits" ADD CONSTRAINT "coupon_waits_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE CASCADE;
