// Where the faults of this folder are let in. They are what somebody could put into the manifests,
// one at a time into what kubectl built; each must be found, in words that say what it is: checks
// that find nothing prove nothing. A table's rows are name: [what is done, what must be found].
import { named } from '../overlays.mjs';

export const deployment = (objects, name = 'booking') => named(objects, 'Deployment', name);
export const podSpec = (objects, name) => deployment(objects, name).spec.template.spec;
export const container = (objects, name) => podSpec(objects, name).containers[0];

// A change of the options of a program: `from` must be there.
export const inOptions = (from, to, name) => (objects) => {
  const { args } = container(objects, name);
  const index = args.findIndex((one) => one.includes(from));
  if (index < 0) throw new Error(`the fixture is out of date: nobody says ${from}`);
  args[index] = args[index].replace(from, to);
};

export const inPolicy = (name, change) => (objects) =>
  change(named(objects, 'NetworkPolicy', name).spec);
