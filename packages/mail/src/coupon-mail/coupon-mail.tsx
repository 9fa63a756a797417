import { Body } from '@react-email/body';
import { Container } from '@react-email/container';
import { Head } from '@react-email/head';
import { Heading } from '@react-email/heading';
import { Html } from '@react-email/html';
import { Link } from '@react-email/link';
import { Preview } from '@react-email/preview';
import { Text } from '@react-email/text';
import { body, box, codeBox, faint, link, paragraph, title } from './styles.js';

export interface CouponMailProps {
  eventTitle: string;
  code: string;
  poolName: string;
  eventUrl: string | null;
}

export function CouponMail({ eventTitle, code, poolName, eventUrl }: CouponMailProps) {
  return (
    <Html lang="en">
      <Head />
      <Preview>{`Your code from ${poolName}`}</Preview>
      <Body style={body}>
        <Container style={box}>
          <Heading as="h1" style={title}>
            {eventTitle}
          </Heading>
          <Text style={paragraph}>You have a place at this event. Here is your code from {poolName}:</Text>
          <Text style={codeBox}>{code}</Text>
          {eventUrl !== null && (
            <Text style={paragraph}>
              <Link href={eventUrl} style={link}>
                See the event
              </Link>
            </Text>
          )}
          <Text style={faint}>The code is yours alone; please do not pass it on.</Text>
        </Container>
      </Body>
    </Html>
  );
}
