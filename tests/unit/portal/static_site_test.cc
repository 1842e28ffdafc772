#include "services/gateway/portal/static_site.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

namespace dm::gateway {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A small portal in a folder of its own.
class StaticSiteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dm-site-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "pages");
    fs::create_directories(folder_ / "root");
    Write("shell.html",
          "<title>{{title}}</title><html data-tiles=\"{{map_tiles}}\"><script "
          "src=\"{{assets}}/main.js\"></script>{{modules}}<main>{{main}}</main>");
    Write("home.html", "<h1>Bienvenue</h1>");
    Write("pages.txt", "/\tDestination Métier\thome\n/metiers/*\tFiche métier\tprofession\n");
    Write("main.js", std::string(2000, 'x'));
    Write("pages/home.js", "export {};");
    Write(
        "pages/profession.js",
        "import { a } from '../a.js';\nimport { l } from '/leaflet.js';\nimport('../later.js');\n");
    Write("a.js",
          "import {\n} from './b.js';\nimport b from \"./pages/../c.js\";\nimport './d.js';\n");
    Write("c.js", "import { a } from './a.js';\nimport { gone } from './gone.js';\n");
    Write("root/robots.txt", "User-agent: *\n");
    std::ofstream(folder_.string() + "-outside") << "secret";
  }
  void TearDown() override {
    fs::remove_all(folder_);
    fs::remove(folder_.string() + "-outside");
  }

  void Write(const std::string& path, const std::string& text) {
    std::ofstream(folder_ / path) << text;
  }
  std::unique_ptr<StaticSite> Load(StaticSite::Options options = {}) {
    options.folder = folder_;
    return StaticSite::Load(std::move(options)).value();
  }
  static HttpResponse Get(const StaticSite& site, const std::string& target,
                          HttpHeaders headers = {}) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.headers = std::move(headers);
    return site.Answer(request);
  }

  fs::path folder_;
};

std::string Unpacked(const std::string& packed) {
  std::string text(100'000, '\0');
  z_stream stream = {};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST_F(StaticSiteTest, SendsTheFirstPageWithItsContentAndTheOthersWithTheirTitles) {
  const auto site = Load();
  EXPECT_THAT(Get(*site, "/").body, HasSubstr("<h1>Bienvenue</h1>"));
  EXPECT_THAT(Get(*site, "/").body, HasSubstr("<title>Destination Métier</title>"));
  const HttpResponse page = Get(*site, "/metiers/D1102?x=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<title>Fiche métier – Destination Métier</title>"));
  EXPECT_THAT(page.body, Not(HasSubstr("Bienvenue")));
  EXPECT_EQ(page.Header("Cache-Control"), "no-cache");
}

TEST_F(StaticSiteTest, NamesToTheBrowserTheModulesOfThePage) {
  const auto site = Load();
  const std::string page = Get(*site, "/metiers/D1102").body;
  std::vector<std::string> preloaded;
  for (absl::string_view part : absl::StrSplit(page, "<link rel=\"modulepreload\" href=\"")) {
    preloaded.emplace_back(part.substr(0, part.find('"')));
  }
  preloaded.erase(preloaded.begin());
  const std::string assets = absl::StrCat("/assets/", site->version(), "/");
  EXPECT_THAT(preloaded, ::testing::ElementsAre(assets + "pages/profession.js", assets + "a.js",
                                                assets + "c.js"));
  EXPECT_THAT(Get(*site, "/").body, HasSubstr("pages/home.js"));
  EXPECT_THAT(Get(*site, "/inconnu").body, Not(HasSubstr("modulepreload")));
}

TEST_F(StaticSiteTest, SaysNotFoundForWhatIsNoPageAndStillShowsOne) {
  const auto site = Load();
  for (const char* target :
       {"/inconnu", "/metiers", "/metiers/", "/metiers/a/b", "//", "/metiers/D1102/"}) {
    const HttpResponse page = Get(*site, target);
    EXPECT_EQ(page.status, 404) << target;
    EXPECT_THAT(page.body, HasSubstr("Page introuvable")) << target;
  }
}

TEST_F(StaticSiteTest, LetsFilesOfItsVersionBeKeptForEver) {
  const auto site = Load();
  const HttpResponse file = Get(*site, absl::StrCat("/assets/", site->version(), "/main.js"));
  EXPECT_EQ(file.status, 200);
  EXPECT_THAT(file.Header("Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(file.Header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(file.Header("X-Content-Type-Options"), "nosniff");
  const HttpResponse other = Get(*site, "/assets/other/main.js");
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.Header("Cache-Control"), "no-cache");
}

TEST_F(StaticSiteTest, SaysOfEveryTextInWhichCharactersItIs) {
  Write("icon.svg", "<svg/>");
  Write("portal.css", "a {}");
  const auto site = Load();
  for (const auto& [file, type] : {std::pair{"portal.css", "text/css; charset=utf-8"},
                                   std::pair{"main.js", "text/javascript; charset=utf-8"},
                                   std::pair{"icon.svg", "image/svg+xml; charset=utf-8"}}) {
    EXPECT_EQ(
        Get(*site, absl::StrCat("/assets/", site->version(), "/", file)).Header("Content-Type"),
        type);
  }
}

TEST_F(StaticSiteTest, ChangesItsVersionWithAnyFile) {
  const std::string before = Load()->version();
  EXPECT_EQ(Load()->version(), before);
  Write("pages/home.js", "export { };");
  EXPECT_NE(Load()->version(), before);
}

TEST_F(StaticSiteTest, ReachesNothingOutsideItsFolder) {
  const auto site = Load();
  const std::string outside = folder_.filename().string() + "-outside";
  for (const std::string& path : std::vector<std::string>{
           "../" + outside, "%2e%2e/" + outside, "..%2f" + outside, "/etc/passwd",
           "pages/../../" + outside, "pages/../main.js", std::string("shell.html"),
           std::string("pages.txt"), std::string("")}) {
    const HttpResponse file = Get(*site, absl::StrCat("/assets/", site->version(), "/", path));
    EXPECT_EQ(file.status, 404) << path;
    EXPECT_THAT(file.body, Not(HasSubstr("secret"))) << path;
  }
}

TEST_F(StaticSiteTest, CompressesForWhoTakesIt) {
  const auto site = Load();
  const std::string target = absl::StrCat("/assets/", site->version(), "/main.js");
  const HttpResponse packed = Get(*site, target, {{"accept-encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(packed.Header("Content-Encoding"), "gzip");
  EXPECT_EQ(Unpacked(packed.body), std::string(2000, 'x'));
  EXPECT_EQ(packed.Header("Vary"), "Accept-Encoding");
  for (const char* coding : {"", "br", "gzip;q=0", "gzip; q=0.0"}) {
    const HttpResponse plain = Get(*site, target, {{"accept-encoding", coding}});
    EXPECT_EQ(plain.Header("Content-Encoding"), "") << coding;
    EXPECT_EQ(plain.body, std::string(2000, 'x')) << coding;
  }
}

TEST_F(StaticSiteTest, SendsNothingAgainThatIsKnown) {
  const auto site = Load();
  const std::string etag(Get(*site, "/").Header("ETag"));
  EXPECT_THAT(etag, StartsWith("W/\""));
  const HttpResponse known = Get(*site, "/", {{"if-none-match", absl::StrCat("\"x\", ", etag)}});
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.body, "");
  EXPECT_THAT(known.Header("Content-Security-Policy"), HasSubstr("script-src 'self'"));
  EXPECT_EQ(Get(*site, "/", {{"if-none-match", "W/\"x\""}}).status, 200);
}

TEST_F(StaticSiteTest, AllowsNothingOfOthersButTheTilesOfTheMap) {
  const std::string plain(Get(*Load(), "/").Header("Content-Security-Policy"));
  EXPECT_THAT(plain, HasSubstr("default-src 'none'"));
  EXPECT_THAT(plain, HasSubstr("img-src 'self' data:;"));
  EXPECT_THAT(plain, Not(HasSubstr("unsafe")));
  StaticSite::Options tiled;
  tiled.map_tiles = "https://tiles.example/{z}/{x}/{y}.png";
  const HttpResponse page = Get(*Load(tiled), "/");
  EXPECT_THAT(page.Header("Content-Security-Policy"),
              HasSubstr("img-src 'self' data: https://tiles.example;"));
  EXPECT_THAT(page.body, HasSubstr("data-tiles=\"https://tiles.example/{z}/{x}/{y}.png\""));
  // An address that would write a policy of its own is none.
  StaticSite::Options wicked;
  wicked.map_tiles = "https://tiles.example; script-src */{z}.png";
  EXPECT_THAT(Get(*Load(wicked), "/").Header("Content-Security-Policy"),
              Not(HasSubstr("tiles.example")));
}

TEST_F(StaticSiteTest, AsksForHttpsWhereItIsReachedByIt) {
  EXPECT_EQ(Get(*Load(), "/").Header("Strict-Transport-Security"), "");
  StaticSite::Options secure;
  secure.secure = true;
  EXPECT_THAT(Get(*Load(secure), "/").Header("Strict-Transport-Security"), HasSubstr("max-age="));
}

TEST_F(StaticSiteTest, TakesReadsAlone) {
  const auto site = Load();
  HttpRequest request;
  request.target = "/";
  for (const char* method : {"POST", "TRACE"}) {
    request.method = method;
    EXPECT_EQ(site->Answer(request).status, 405) << method;
    EXPECT_EQ(site->Answer(request).Header("Allow"), "GET, HEAD") << method;
  }
  EXPECT_EQ(Get(*site, "/robots.txt").body, "User-agent: *\n");
}

TEST_F(StaticSiteTest, DoesNotStartOnAFolderThatIsNoPortal) {
  fs::remove(folder_ / "shell.html");
  EXPECT_THAT(StaticSite::Load({.folder = folder_}).status().message(), HasSubstr("shell.html"));
  EXPECT_FALSE(StaticSite::Load({.folder = "/nowhere"}).ok());
}

// What the portal is made of, as it is.
TEST(Site, HasAModuleForEachPageAndAFirstPageBelow100Kilobytes) {
  const auto site = StaticSite::Load({.folder = DM_SITE}).value();
  std::ifstream file(DM_SITE "/main.js");
  const std::string main{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::ifstream list(DM_SITE "/pages.txt");
  for (std::string line; std::getline(list, line);) {
    const std::string pattern = line.substr(0, line.find('\t'));
    EXPECT_THAT(main, HasSubstr(absl::StrCat("['", pattern, "', "))) << pattern;
  }
  for (const auto& entry : fs::directory_iterator(DM_SITE "/pages")) {
    EXPECT_THAT(main, HasSubstr(absl::StrCat("./pages/", entry.path().filename().string())));
  }
  size_t bytes = 0;
  for (const char* name :
       {"portal.css", "main.js", "api.js", "dom.js", "pages/home.js", "icon.svg"}) {
    HttpRequest request;
    request.method = "GET";
    request.target = absl::StrCat("/assets/", site->version(), "/", name);
    request.headers = {{"accept-encoding", "gzip"}};
    bytes += site->Answer(request).body.size();
  }
  EXPECT_LT(bytes, 100'000u);
}

}  // namespace
}  // namespace dm::gateway
