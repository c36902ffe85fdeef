-- What a person can read of a rejected record whose bytes are no extension of ASCII; blank for the others.
ALTER TABLE reject ADD COLUMN readable TEXT NOT NULL DEFAULT '';
