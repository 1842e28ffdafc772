#include "common/telemetry/admin_server.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/telemetry/metrics.h"
#include "common/telemetry/process_metrics.h"

#include <CivetServer.h>
#include <prometheus/text_serializer.h>

#include <utility>

namespace dm::telemetry {
namespace {

class Page final : public CivetHandler {
 public:
  using Content = std::function<std::pair<int, std::string>()>;
  explicit Page(Content content) : content_(std::move(content)) {}

  bool handleGet(CivetServer*, mg_connection* connection) override {
    const auto [code, body] = content_();
    mg_printf(connection,
              "HTTP/1.1 %d %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
              "Content-Length: %zu\r\nCache-Control: no-store\r\n\r\n",
              code, code == 200 ? "OK" : "Service Unavailable", body.size());
    mg_write(connection, body.data(), body.size());
    return true;
  }

 private:
  const Content content_;
};

class CivetAdminServer final : public AdminServer {
 public:
  CivetAdminServer(const std::string& address, const Pages& pages)
      : health_([] { return std::pair(200, std::string("ok\n")); }),
        readiness_([missing = pages.missing] {
          const std::vector<std::string> names = missing();
          if (names.empty()) return std::pair(200, std::string("ready\n"));
          return std::pair(503, absl::StrCat(absl::StrJoin(names, "\n"), "\n"));
        }),
        metrics_([] {
          UpdateProcessMetrics();
          return std::pair(200, prometheus::TextSerializer().Serialize(Metrics()->Collect()));
        }),
        configuration_([text = pages.configuration] { return std::pair(200, text); }),
        server_(std::vector<std::string>{"listening_ports", address, "num_threads", "2",
                                         "enable_keep_alive", "no"}) {
    server_.addHandler("/healthz$", health_);
    server_.addHandler("/readyz$", readiness_);
    server_.addHandler("/metrics$", metrics_);
    server_.addHandler("/configz$", configuration_);
  }

 private:
  Page health_;
  Page readiness_;
  Page metrics_;
  Page configuration_;
  // Last, so that its threads end before the pages go.
  CivetServer server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& address,
                                                                const Pages& pages) {
  try {
    return std::make_unique<CivetAdminServer>(address, pages);
  } catch (const CivetException&) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  }
}

}  // namespace dm::telemetry
