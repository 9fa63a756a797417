-- Bodies that were stored before bearer keys were removed from them. Only rows that hold a key are written, and only their body.
update webhook_deliveries set raw_body =
  regexp_replace(
    regexp_replace(
      raw_body,
      '("(?:check_in_qr_code|qr_code|proxy_key|guest_key|ticket_key|cancellation_token|secret)"\s*:\s*)"(?:[^"\\]|\\.)*"',
      '\1"[removed]"', 'g'),
    '([?&]pk=)[\w.~%-]+', '\1[removed]', 'g')
where raw_body is not null
  and raw_body ~ '"(check_in_qr_code|qr_code|proxy_key|guest_key|ticket_key|cancellation_token|secret)"|[?&]pk=';

-- Answers to registration questions may quote the address of the code.
update rsvps set answers = regexp_replace(answers::text, '([?&]pk=)[\w.~%-]+', '\1[removed]', 'g')::jsonb
where answers is not null and answers::text ~ '[?&]pk=';
