-- DropIndex
DROP INDEX "operations_to_dispatch";

-- CreateIndex
CREATE INDEX "operations_to_dispatch" ON "operations"("job", "priority", "calendar_id", "dispatch_at") WHERE (NOT dispatched AND dispatch_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "operations_dispatched" ON "operations"("calendar_id", "priority", "job") WHERE (dispatched AND dispatch_at IS NOT NULL);
