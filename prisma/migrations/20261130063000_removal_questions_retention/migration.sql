-- CreateIndex
CREATE INDEX "removal_questions_updated_at_idx" ON "removal_questions"("updated_at");
