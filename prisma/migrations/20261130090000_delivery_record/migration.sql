-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "record_key" TEXT;

-- The record was named by the operation only. A payload without one names the delivery itself.
UPDATE "webhook_deliveries" d SET "record_key" = o.payload ->> 'recordKey'
FROM "operations" o
WHERE o.job = 'inbox.apply' AND o.payload ->> 'deliveryId' = d.id::text AND o.payload ->> 'recordKey' <> d.id::text;

-- CreateIndex
CREATE INDEX "webhook_deliveries_waiting" ON "webhook_deliveries"("record_key") WHERE (state = 'pending'::delivery_state);
