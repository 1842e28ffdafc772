// A client that knows the suite by its descriptors alone, as a browser's would: searches, reads and
// books over Connect or gRPC-Web.
//
//   node connect_client.mjs connect|grpc-web BASE_URL TOKEN DESCRIPTOR_SET DEPARTMENT
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";

const [protocol, baseUrl, token, descriptorSet, department] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptorSet)));
const service = (name) => registry.getService(`destinationmetier.${name}`);
const createTransport = protocol === "connect" ? createConnectTransport : createGrpcWebTransport;

// Once in protobuf's bytes and once in JSON.
const clients = [true, false].map((useBinaryFormat) => {
  const transport = createTransport({ baseUrl, useBinaryFormat, jsonOptions: { registry } });
  return {
    catalogue: createClient(service("catalogue.v1.CatalogueService"), transport),
    booking: createClient(service("booking.v1.BookingService"), transport),
  };
});
const signedIn = { headers: { Authorization: `Bearer ${token}` }, timeoutMs: 20_000 };
const errorInfo = registry.getMessage("google.rpc.ErrorInfo");

async function errorOf(call) {
  try {
    await call;
  } catch (error) {
    const known = ConnectError.from(error);
    return { code: Code[known.code], reason: known.findDetails(errorInfo)[0]?.reason };
  }
  return {};
}

const [bytes, json] = clients;
const companies = await Promise.all(
  clients.map(({ catalogue }) => catalogue.searchCompanies({ departments: ["61"] })),
);
const found = await bytes.catalogue.searchOffers({ departments: [department], availableOnly: true });
const offer = await json.catalogue.getOffer({ name: found.offers[0].name });
const session = found.offers.flatMap((one) => one.sessions)[0].name;
const request = { session, requestId: randomUUID() };
const booked = await bytes.booking.createBooking(request, signedIn);
const again = await json.booking.createBooking(request, signedIn);
const mine = await json.booking.listBookings({}, signedIn);

console.log(
  JSON.stringify({
    companies: companies.map((one) => one.totalSize),
    read: offer.name === found.offers[0].name && offer.title !== "",
    replayed: again.name === booked.name,
    listed: mine.bookings.map((one) => one.name).includes(booked.name),
    refused: await errorOf(bytes.booking.listBookings({})),
    unknown: await errorOf(json.catalogue.getOffer({ name: "offers/0190a6f2-7c1e-7d7b-9f5e-3a2b1c0d4e5f" })),
  }),
);
