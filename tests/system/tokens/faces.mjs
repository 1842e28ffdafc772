// The faces of the suite that take a token, asked for a caller's own bookings.
import { request } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";

// What the error says: { code, reason, challenge }; code is the HTTP status, reason that of ErrorInfo,
// challenge what `WWW-Authenticate` asks for.
export function overHttp(address, authorizations, agent) {
  const headers = authorizations.flatMap((value) => ["Authorization", value]);
  headers.push("Host", address);
  const [host, port] = address.split(":");
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path: "/v1/bookings", headers, agent }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (body += part));
      answer.on("end", () => {
        let details = [];
        try {
          details = JSON.parse(body).error?.details ?? [];
        } catch {
          // No JSON: no reason.
        }
        const info = details.find((detail) => detail["@type"] === kErrorInfo);
        const challenge = answer.headers["www-authenticate"] ?? "";
        resolve({ code: answer.statusCode, reason: info?.reason ?? "", challenge });
      });
    });
    call.on("error", reject);
    call.end();
  });
}

// A function that asks the gRPC server at `address`: { code, reason }, code by its name.
export function grpcFace(address, includeDirs) {
  const definition = loader.loadSync(
    ["destinationmetier/booking/v1/booking_service.proto", "google/rpc/status.proto", "google/rpc/error_details.proto"],
    { includeDirs },
  );
  const { destinationmetier } = grpc.loadPackageDefinition(definition);
  const client = new destinationmetier.booking.v1.BookingService(
    address,
    grpc.credentials.createInsecure(),
  );
  return (authorizations) =>
    new Promise((resolve) => {
      const metadata = new grpc.Metadata();
      for (const value of authorizations) metadata.add("authorization", value);
      client.ListBookings({}, metadata, { deadline: Date.now() + 20_000 }, (error) => {
        const details = error?.metadata?.get("grpc-status-details-bin")?.[0];
        // The reason stands in the details as it is; that it is ErrorInfo's, its type's name says.
        const text = details ? details.toString("latin1") : "";
        const reason = text.includes("ErrorInfo") ? (text.match(/(TOKEN|AUTHENTICATION)_[A-Z]+/)?.[0] ?? "") : "";
        resolve({ code: error ? grpc.status[error.code] : "OK", reason });
      });
    });
}
