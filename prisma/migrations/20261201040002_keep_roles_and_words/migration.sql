-- Until now these were the same for every calendar. Those that exist keep them, and new ones begin with neutral words.
UPDATE "calendars"
SET "publishing_roles" = ARRAY['admin', 'founder']::TEXT[],
    "email_required_text" = 'Add your email in Profile to RSVP for events';
