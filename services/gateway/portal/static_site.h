#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/gateway/http/http_message.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {

// The portal's files, read into memory at start: what is not in the folder then cannot be had,
// however a path is spelled. Thread-safe.
//
// The folder holds
//   shell.html    what every page begins with; {{title}}, {{assets}}, {{modules}}, {{main}} and
//                 {{map_tiles}} are filled in
//   home.html     the content of the first page, so that it shows before any script has run
//   pages.txt     the addresses of the pages, their titles and the modules that show them:
//                 "/metiers/*<TAB>Fiche métier<TAB>profession". A page names to the browser what
//                 that module imports, which else found it out one round trip after the other
//   root/         files with addresses of their own, for instance /robots.txt
//   all else      modules, styles and pictures, under /assets/{version}/
//
// `version` is a hash of all the files, so that whatever stands under it never changes and needs no
// asking, and a new portal is seen at once. Relative imports between modules stay inside it.
class StaticSite {
 public:
  struct Options {
    std::string folder;
    // Address of the map's tiles, for instance "https://tiles.example/{z}/{x}/{y}.png", and the
    // words that its owner wants beside the map. Empty for a map on a plain background.
    std::string map_tiles;
    std::string map_attribution;
    // Whether people reach the portal by https.
    bool secure = false;
  };

  // FAILED_PRECONDITION names what is missing in the folder.
  static absl::StatusOr<std::unique_ptr<StaticSite>> Load(Options options);

  // Answers GET and HEAD; 405 for all else. What is no page is 404, as a page.
  HttpResponse Answer(const HttpRequest& request) const;

  const std::string& version() const { return version_; }

 private:
  struct File {
    std::string body;
    // Empty where it would not be smaller.
    std::string compressed;
    std::string type;
    std::string etag;
  };
  struct Page {
    // "metiers", "*".
    std::vector<std::string> pattern;
    File file;
  };

  explicit StaticSite(Options options);
  static File MakeFile(absl::string_view path, std::string body);
  absl::Status ReadPages(std::map<std::string, std::string>& sources);
  File RenderPage(absl::string_view shell, absl::string_view title, absl::string_view main,
                  const std::vector<std::string>& modules) const;
  const Page* FindPage(absl::string_view path) const;
  HttpResponse AnswerAsset(const HttpRequest& request, absl::string_view path) const;
  HttpResponse Send(const HttpRequest& request, const File& file, int status,
                    absl::string_view cache) const;

  const Options options_;
  HttpHeaders page_headers_;
  std::string version_;
  std::map<std::string, File, std::less<>> assets_;
  std::map<std::string, File, std::less<>> root_;
  std::vector<Page> pages_;
  File unknown_page_;
};

}  // namespace dm::gateway
