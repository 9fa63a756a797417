-- New entries keep the fact alone, and their message is made when they are read. Entries of earlier versions keep their messages.
ALTER TABLE "timeline" ALTER COLUMN "kind" DROP NOT NULL,
ALTER COLUMN "actor" DROP NOT NULL,
ALTER COLUMN "message" DROP NOT NULL;
