// Faults in who may call whom.
import { named, ofKind } from '../overlays.mjs';
import { inPolicy } from './changes.mjs';

const remove = (objects, kind, name) =>
  objects.splice(objects.indexOf(named(objects, kind, name)), 1);

export const CALL_FAULTS = {
  'a call that is forgotten': [
    inPolicy('booking', (spec) => {
      spec.egress[0].to.pop();
    }),
    /is not allowed: booking -> notification/,
  ],
  'the other side forgotten': [
    inPolicy('booking', (spec) => {
      spec.ingress[0].from.shift();
    }),
    /is not allowed: gateway -> booking/,
  ],
  'a call that nobody makes': [
    (o) => {
      const peer = (name) => ({ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } });
      named(o, 'NetworkPolicy', 'catalogue').spec.egress[0].to.push(peer('notification'));
      named(o, 'NetworkPolicy', 'notification').spec.ingress[0].from.push(peer('catalogue'));
    },
    /nobody needs: catalogue -> notification:9090/,
  ],
  'another port': [
    inPolicy('catalogue', (spec) => {
      spec.ingress[0].ports.push({ port: 9091 });
      spec.ingress[0].from = [];
    }),
    /is not allowed: gateway -> catalogue:9090/,
  ],
  'no denial': [
    (o) => remove(o, 'NetworkPolicy', 'deny-all'),
    /nobody needs: stranger -> migrate-booking:/,
  ],
  'everybody may call booking': [
    inPolicy('booking', (spec) => {
      delete spec.ingress[0].from;
    }),
    /nobody needs: stranger -> booking:9090/,
  ],
  'a pod of the same name elsewhere': [
    inPolicy('booking', (spec) => {
      spec.ingress[0].from[0].namespaceSelector = {};
    }),
    /nobody needs: stranger -> booking/,
  ],
  'all of the Internet': [
    inPolicy('issuer', (spec) => {
      spec.egress[0].to[0].ipBlock.cidr = '0.0.0.0/0';
    }),
    /nobody needs: booking -> internet:443/,
  ],
  'webhooks into the cluster': [
    inPolicy('webhooks', (spec) => {
      spec.egress[0].to[0].ipBlock.except.splice(1, 1);
    }),
    /nobody needs: notification -> private-network/,
  ],
  'webhooks to the metadata of the cloud': [
    inPolicy('webhooks', (spec) => {
      const block = spec.egress[0].to[0].ipBlock;
      block.except = block.except.filter((one) => !one.startsWith('169.254'));
    }),
    /nobody needs: notification -> metadata-service/,
  ],
  'metrics for anybody': [
    inPolicy('metrics', (spec) => {
      spec.ingress[0].from = [{ namespaceSelector: {} }];
    }),
    /nobody needs: stranger -> booking:9091/,
  ],
  'no names': [
    (o) => remove(o, 'NetworkPolicy', 'names'),
    /is not allowed: booking -> names:53\/UDP/,
  ],
  'another mail server’s port': [
    (o) => {
      ofKind(o, 'ConfigMap').find((one) => one.data.SMTP_URL).data.SMTP_URL = 'smtp://m:587';
    },
    /is not allowed: notification -> mail:587/,
  ],
};

export const WEBHOOK_FAULTS = {
  'an inner network that is forgotten': [
    inPolicy('webhooks', (spec) => {
      spec.egress[0].to[0].ipBlock.except.pop();
    }),
    /webhooks may go to 240.0.0.0\/4/,
  ],
  'an outer network that is shut': [
    inPolicy('webhooks', (spec) => {
      spec.egress[0].to[0].ipBlock.except.push('8.8.8.0/24');
    }),
    /webhooks may not go to 8.8.8.0\/24/,
  ],
  'an inner network of IPv6 that is forgotten': [
    inPolicy('webhooks', (spec) => {
      spec.egress[0].to[1].ipBlock.except.shift();
    }),
    /webhooks may go to 2001:0?/,
  ],
};
