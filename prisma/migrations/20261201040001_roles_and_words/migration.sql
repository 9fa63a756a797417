-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "email_required_text" TEXT,
ADD COLUMN     "publishing_roles" TEXT[] DEFAULT ARRAY['admin']::TEXT[];
