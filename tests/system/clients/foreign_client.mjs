// A client that shares nothing with the suite but its protos: lists, searches and books.
//
//   node foreign_client.mjs ADDRESS TOKEN PROTO_FOLDER...
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [address, token, ...includeDirs] = process.argv.slice(2);
const definition = loader.loadSync(
  [
    "destinationmetier/catalogue/v1/catalogue_service.proto",
    "destinationmetier/booking/v1/booking_service.proto",
  ],
  { includeDirs, enums: String, longs: Number, defaults: true },
);
const { destinationmetier } = grpc.loadPackageDefinition(definition);
const credentials = grpc.credentials.createInsecure();
const catalogue = new destinationmetier.catalogue.v1.CatalogueService(address, credentials);
const booking = new destinationmetier.booking.v1.BookingService(address, credentials);

function call(client, method, request, authorized = false) {
  const metadata = new grpc.Metadata();
  if (authorized) metadata.set("authorization", `Bearer ${token}`);
  return new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline: Date.now() + 20_000 }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

const companies = await call(catalogue, "SearchCompanies", { departments: ["61"] });
const offers = await call(catalogue, "SearchOffers", { departments: ["61"], availableOnly: true });
const session = offers.offers.flatMap((offer) => offer.sessions)[0].name;
const request = { session, requestId: randomUUID() };
const booked = await call(booking, "CreateBooking", request, true);
const again = await call(booking, "CreateBooking", request, true);
const mine = await call(booking, "ListBookings", {}, true);
const refused = await call(booking, "ListBookings", {}).catch((error) => error);

console.log(
  JSON.stringify({
    companies: companies.totalSize,
    state: booked.state,
    replayed: again.name === booked.name,
    listed: mine.bookings.map((one) => one.name).includes(booked.name),
    refused: refused.code === grpc.status.UNAUTHENTICATED,
    details: refused.metadata?.get("grpc-status-details-bin").length,
  }),
);
