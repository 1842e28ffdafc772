#include "services/gateway/portal/static_site.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/gateway/portal/module_graph.h"

#include <openssl/sha.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace dm::gateway {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kAssets = "/assets/";
constexpr absl::string_view kForever = "public, max-age=31536000, immutable";
constexpr absl::string_view kAskAgain = "no-cache";
// Of a page that has no title of its own.
constexpr absl::string_view kName = "Destination Métier";
constexpr int kLevel = 9;

constexpr std::pair<absl::string_view, absl::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".svg", "image/svg+xml; charset=utf-8"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
};

std::string TypeOf(absl::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (absl::EndsWith(path, ending)) return std::string(type);
  }
  return "application/octet-stream";
}

std::string HashOf(absl::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(digest), 12));
}

std::string Gzip(const std::string& text) {
  z_stream stream = {};
  // 16 more bits ask for gzip's own head and tail.
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return whole && packed.size() < text.size() ? packed : "";
}

std::string ForHtml(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// "https://tiles.example" of an address of tiles; empty when there is none, or no safe one.
std::string OriginOf(absl::string_view address) {
  const size_t scheme = address.find("://");
  if (scheme == absl::string_view::npos) return "";
  const absl::string_view origin = address.substr(0, address.find('/', scheme + 3));
  return origin.find_first_of(" ;,'\"{}") == absl::string_view::npos ? std::string(origin) : "";
}

absl::StatusOr<std::map<std::string, std::string>> ReadFolder(const std::string& folder) {
  std::map<std::string, std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    std::ifstream file(at->path(), std::ios::binary);
    files[fs::relative(at->path(), folder, error).generic_string()] = {
        std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (file.bad()) error = std::make_error_code(std::errc::io_error);
  }
  if (error) {
    return absl::FailedPreconditionError(absl::StrCat("cannot read the portal's folder ", folder));
  }
  return files;
}

bool Fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "*" ? path[i].empty() : pattern[i] != path[i]) return false;
  }
  return true;
}

bool TakesGzip(const HttpRequest& request) {
  for (absl::string_view coding : absl::StrSplit(request.Header("accept-encoding"), ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(coding, absl::MaxSplits(';', 1));
    if (absl::StripAsciiWhitespace(parts.first) != "gzip") continue;
    const absl::string_view weight = absl::StripAsciiWhitespace(parts.second);
    return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
  }
  return false;
}

bool Knows(const HttpRequest& request, absl::string_view etag) {
  for (absl::string_view known : absl::StrSplit(request.Header("if-none-match"), ',')) {
    known = absl::StripAsciiWhitespace(known);
    if (known == "*" || absl::StripPrefix(known, "W/") == absl::StripPrefix(etag, "W/"))
      return true;
  }
  return false;
}

HttpResponse PlainText(int status, absl::string_view text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::string(text)};
}

HttpHeaders PageHeaders(const StaticSite::Options& options) {
  const std::string tiles = OriginOf(options.map_tiles);
  HttpHeaders headers = {
      {"Content-Security-Policy",
       absl::StrCat("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
                    tiles.empty() ? "" : " ", tiles,
                    "; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
                    "form-action 'self'; frame-ancestors 'none'")},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "strict-origin-when-cross-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"}};
  if (options.secure) {
    headers.emplace_back("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  }
  return headers;
}

}  // namespace

StaticSite::StaticSite(Options options)
    : options_(std::move(options)), page_headers_(PageHeaders(options_)) {}

StaticSite::File StaticSite::MakeFile(absl::string_view path, std::string body) {
  File file;
  file.type = TypeOf(path);
  // Weak, as it stands for the bytes and for their compressed form.
  file.etag = absl::StrCat("W/\"", HashOf(body), "\"");
  if (!absl::EndsWith(path, ".png")) file.compressed = Gzip(body);
  file.body = std::move(body);
  return file;
}

absl::StatusOr<std::unique_ptr<StaticSite>> StaticSite::Load(Options options) {
  auto files = ReadFolder(options.folder);
  if (!files.ok()) return files.status();
  for (const char* needed : {"shell.html", "home.html", "pages.txt"}) {
    if (files->count(needed) == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("the portal's folder ", options.folder, " has no ", needed));
    }
  }
  auto site = std::unique_ptr<StaticSite>(new StaticSite(std::move(options)));
  std::string all;
  for (const auto& [path, body] : *files) absl::StrAppend(&all, path, "\n", HashOf(body), "\n");
  site->version_ = HashOf(all);
  if (absl::Status read = site->ReadPages(*files); !read.ok()) return read;
  for (auto& [path, body] : *files) {
    File file = MakeFile(path, std::move(body));
    absl::string_view name = path;
    if (absl::ConsumePrefix(&name, "root/")) {
      site->root_.emplace(absl::StrCat("/", name), std::move(file));
    } else {
      site->assets_.emplace(path, std::move(file));
    }
  }
  return site;
}

absl::Status StaticSite::ReadPages(std::map<std::string, std::string>& sources) {
  const std::string shell = sources.extract("shell.html").mapped();
  const std::string list = sources.extract("pages.txt").mapped();
  for (absl::string_view line : absl::StrSplit(list, '\n', absl::SkipWhitespace())) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, '\t');
    const std::string module = parts.size() == 3 ? absl::StrCat("pages/", parts[2], ".js") : "";
    if (!absl::StartsWith(parts[0], "/") || parts[1].empty() || sources.count(module) == 0) {
      return absl::FailedPreconditionError(absl::StrCat("pages.txt has a wrong line: ", line));
    }
    const absl::string_view main = parts[0] == "/" ? sources.at("home.html") : absl::string_view();
    pages_.push_back({absl::StrSplit(parts[0].substr(1), '/'),
                      RenderPage(shell, parts[1], main, ModulesOf(sources, module))});
  }
  unknown_page_ = RenderPage(shell, "Page introuvable", "", {});
  return absl::OkStatus();
}

StaticSite::File StaticSite::RenderPage(absl::string_view shell, absl::string_view title,
                                        absl::string_view main,
                                        const std::vector<std::string>& modules) const {
  const std::string assets = absl::StrCat("/assets/", version_);
  std::string preloads;
  for (const std::string& module : modules) {
    absl::StrAppend(&preloads, "<link rel=\"modulepreload\" href=\"", assets, "/", module, "\">\n");
  }
  const std::string whole_title =
      title == kName ? std::string(title) : absl::StrCat(title, " – ", kName);
  const std::string text = absl::StrReplaceAll(
      shell,
      {{"{{main}}", main},
       {"{{modules}}", preloads},
       {"{{title}}", ForHtml(whole_title)},
       {"{{map_tiles}}", ForHtml(OriginOf(options_.map_tiles).empty() ? "" : options_.map_tiles)},
       {"{{map_attribution}}", ForHtml(options_.map_attribution)}});
  return MakeFile(".html", absl::StrReplaceAll(text, {{"{{assets}}", assets}}));
}

const StaticSite::Page* StaticSite::FindPage(absl::string_view path) const {
  const std::vector<std::string> segments = absl::StrSplit(path.substr(1), '/');
  for (const Page& page : pages_) {
    if (Fits(page.pattern, segments)) return &page;
  }
  return nullptr;
}

HttpResponse StaticSite::Answer(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal = PlainText(405, "Only GET is possible here.\n");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  const absl::string_view target = request.target;
  const absl::string_view path = target.substr(0, target.find_first_of("?#"));
  if (!absl::StartsWith(path, "/")) return PlainText(400, "This is no path.\n");
  if (absl::StartsWith(path, kAssets)) return AnswerAsset(request, path.substr(kAssets.size()));
  const auto own = root_.find(path);
  if (own != root_.end()) return Send(request, own->second, 200, "public, max-age=3600");
  const Page* page = FindPage(path);
  HttpResponse response = page != nullptr ? Send(request, page->file, 200, kAskAgain)
                                          : Send(request, unknown_page_, 404, "no-store");
  response.headers.insert(response.headers.end(), page_headers_.begin(), page_headers_.end());
  return response;
}

HttpResponse StaticSite::AnswerAsset(const HttpRequest& request, absl::string_view path) const {
  const size_t slash = path.find('/');
  if (slash == absl::string_view::npos) return PlainText(404, "There is no such file.\n");
  const auto found = assets_.find(path.substr(slash + 1));
  if (found == assets_.end()) return PlainText(404, "There is no such file.\n");
  // While a new portal is rolled out, pages of the one ask replicas of the other.
  const bool current = path.substr(0, slash) == version_;
  return Send(request, found->second, 200, current ? kForever : kAskAgain);
}

HttpResponse StaticSite::Send(const HttpRequest& request, const File& file, int status,
                              absl::string_view cache) const {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", file.type},
                      {"Cache-Control", std::string(cache)},
                      {"Vary", "Accept-Encoding"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (status == 200) {
    response.headers.emplace_back("ETag", file.etag);
    if (Knows(request, file.etag)) {
      response.status = 304;
      return response;
    }
  }
  const bool packed = !file.compressed.empty() && TakesGzip(request);
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = packed ? file.compressed : file.body;
  return response;
}

}  // namespace dm::gateway
