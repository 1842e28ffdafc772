// Faults in what the programs, their images and their neighbours are told.
import { named, ofKind } from '../overlays.mjs';
import { container, inOptions, inPolicy, podSpec } from './changes.mjs';

const inDoor = (file, change) => (objects) => {
  const map = ofKind(objects, 'ConfigMap').find((one) => one.data['listen.conf'] !== undefined);
  map.data[file] = change(map.data[file]);
};

export const IMAGE_FAULTS = {
  'an image that nobody makes': [
    (o) => {
      container(o).image = 'registry.example/destinationmetier/bookings:1.0.0';
    },
    /nobody makes .*bookings/,
  ],
  'an image of others': [
    (o) => {
      container(o).image = 'nginx:1.22';
    },
    /nobody makes nginx/,
  ],
  'an image without a release': [
    (o) => {
      container(o).image = container(o).image.replace(/:[^:]*$/, '');
    },
    /of one release/,
  ],
  'the latest of all': [
    (o) => {
      container(o).image = container(o).image.replace(/[^:]*$/, 'latest');
    },
    /of one release/,
  ],
  'another user': [
    (o) => {
      podSpec(o).securityContext.runAsUser = 1000;
    },
    /made for 10001,10001, not 1000/,
  ],
  'a program that is not in the image': [
    (o) => {
      named(o, 'Job', 'migrate-booking').spec.template.spec.containers[0].command = [
        '/usr/local/bin/dm-bookings',
      ];
    },
    /migrations has no dm-bookings/,
  ],
  'an image that starts nothing': [
    (o) => {
      delete named(o, 'Job', 'migrate-booking').spec.template.spec.containers[0].command;
    },
    /nothing says what it starts/,
  ],
};

export const OPTION_FAULTS = {
  'an option that does not exist': [
    (o) => container(o).args.push('--seats=3'),
    /unknown option --seats/,
  ],
  'an option of another service': [
    (o) => container(o).args.push('--smtp-url=smtp://x:1'),
    /unknown option --smtp-url/,
  ],
  'an option that is missing': [
    (o) => {
      container(o).args = container(o).args.filter((one) => !one.startsWith('--catalogue-a'));
    },
    /--catalogue-address .* is required/,
  ],
  'a time without a unit': [inOptions('--stop-delay=5s', '--stop-delay=5'), /--stop-delay must be/],
  'an address without a port': [
    inOptions('dns:///catalogue:9090', 'catalogue'),
    /--catalogue-address must be/,
  ],
  'a value that the place does not set': [
    (o) => {
      delete ofKind(o, 'ConfigMap').find((one) => one.data.SMTP_URL).data.PREPARE_STATEMENTS;
    },
    /--prepare-statements must be/,
  ],
  'a variable that is no option': [
    (o) => {
      ofKind(o, 'ConfigMap').find((one) => one.data.SMTP_URL).data.DM_SEATS = '3';
    },
    /unknown environment variable DM_SEATS/,
  ],
  'an option that migrations have not': [
    (o) => named(o, 'Job', 'migrate-booking').spec.template.spec.containers[0].args.push('--force'),
    /unknown option --force/,
  ],
};

export const AGREEMENT_FAULTS = {
  'a port that nobody listens on': [
    (o) => {
      container(o).ports[0].containerPort = 9095;
    },
    /9095 is declared and not listened on/,
  ],
  'another port listened on': [
    inOptions('--listen=0.0.0.0:9090', '--listen=0.0.0.0:9095'),
    /9095 is listened on and not declared/,
  ],
  'a probe of the wrong port': [
    (o) => {
      container(o).readinessProbe.grpc.port = 9090;
    },
    /readinessProbe does not ask the health port/,
  ],
  'readiness for liveness': [
    (o) => {
      container(o).livenessProbe.grpc.service = 'readiness';
    },
    /livenessProbe does not ask for liveness/,
  ],
  'methods told to who asks': [
    (o) => {
      container(o).args.push('--reflection=true');
    },
    /tells its methods to who asks/,
  ],
  'a Service that is not headless': [
    (o) => {
      delete named(o, 'Service', 'catalogue').spec.clusterIP;
    },
    /--catalogue-address: no headless Service/,
  ],
  'an address of nobody': [
    inOptions('dns:///catalogue:', 'dns:///catalog:'),
    /--catalogue-address: no headless Service/,
  ],
  'an address of another': [
    inOptions('dns:///catalogue:', 'dns:///ambassador:'),
    /--catalogue-address leads elsewhere/,
  ],
  'a Service of another port': [
    (o) => {
      named(o, 'Service', 'catalogue').spec.ports[0].targetPort = 'admin';
    },
    /catalogue does not listen there/,
  ],
  'a file that is not mounted': [
    inOptions('secrets/page-token-key', 'secrets/page-key'),
    /nothing is mounted at .*page-key/,
  ],
  'a secret for nothing': [
    (o) =>
      podSpec(o).volumes[0].projected.sources.push({
        secret: { name: 'smtp', items: [{ key: 'password', path: 'smtp-password' }] },
      }),
    /smtp-password is mounted for nothing/,
  ],
  'the password of another role': [
    (o) => {
      podSpec(o).volumes[0].projected.sources[1].secret.name = 'postgres-dm-booking-owner';
    },
    /the password of dm_booking is in postgres-dm-booking,/,
  ],
  'PostgreSQL unverified': [inOptions('sslmode=verify-full', 'sslmode=require'), /not verify-full/],
  'too short a stop': [
    (o) => {
      podSpec(o).terminationGracePeriodSeconds = 20;
    },
    /takes up to 30 s/,
  ],
};

export const NEIGHBOUR_FAULTS = {
  'a role that PostgreSQL has not': [
    (o) => {
      named(o, 'Cluster', 'postgres').spec.managed.roles[0].name = 'dm_catalog';
    },
    /PostgreSQL has another password of dm_catalogue/,
  ],
  'a certificate of another': [
    (o) => {
      named(o, 'Certificate', 'booking').spec.dnsNames = ['catalogue'];
    },
    /does not name booking alone/,
  ],
  'a certificate of two': [
    (o) => named(o, 'Certificate', 'booking').spec.dnsNames.push('gateway'),
    /does not name booking alone/,
  ],
  'a Service that selects nothing': [
    (o) => {
      named(o, 'Service', 'booking').spec.selector['app.kubernetes.io/name'] = 'bookings';
    },
    /Service\/booking: selects no pod/,
  ],
};

export const SECRET_FAULTS = {
  'a Secret that nobody makes': [
    (o) => {
      podSpec(o).volumes[0].projected.sources[0].secret.name = 'page-key';
    },
    /nobody makes page-key\/key/,
  ],
  'a key that nobody makes': [
    (o) => {
      podSpec(o).volumes[0].projected.sources[0].secret.items[0].key = 'value';
    },
    /nobody makes page-token-key-\w+\/value/,
  ],
  'a Secret that nobody needs any more': [
    (o) => {
      podSpec(o, 'notification').volumes[0].projected.sources.pop();
    },
    /nobody needs smtp\/password/,
  ],
};

export const DOOR_FAULTS = {
  'a directive that does not exist': [
    inDoor('listen.conf', (text) => `${text}ssl_certificat x;\n`),
    /nginx: .*ssl_certificat/,
  ],
  'a place that lacks a part': [
    (o) => {
      delete ofKind(o, 'ConfigMap').find((one) => one.data['listen.conf']).data['plain.conf'];
    },
    /nginx: .*plain.conf/,
  ],
  'a gateway elsewhere': [
    inDoor('gateway.conf', (text) => text.replace(':9090', ':9099')),
    /does not lead to --listen/,
  ],
  'another port': [
    inDoor('listen.conf', (text) => text.replace('8443', '9443')),
    /does not listen on 8443/,
  ],
  'a certificate that is not there': [
    inDoor('listen.conf', (text) => text.replace('tls/tls.crt', 'tls/cert.pem')),
    /there is no .*cert\.pem/,
  ],
  'a name that the certificate has not': [
    inDoor('listen.conf', (text) => text.replace('server_name', 'server_name www.metiers.example')),
    /does not name www/,
  ],
  'addresses that callers choose': [
    inDoor('listen.conf', (text) => text.replace('real_ip_recursive off', 'real_ip_recursive on')),
    /addresses that callers wrote/,
  ],
  'anybody in front of a door that believes': [
    inPolicy('gateway', (spec) => delete spec.ingress[0].from),
    /anybody may be/,
  ],
};
