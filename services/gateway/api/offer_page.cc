#include "absl/strings/strip.h"
#include "services/gateway/api/gathering.h"
#include "services/gateway/api/page_makers.h"

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;

constexpr int kMostAmbassadors = 10;

void AskForCompany(const PageSources& sources, const catalogue::Offer& offer,
                   Gathering<pb::OfferPage>& gathering) {
  catalogue::GetCompanyRequest company;
  company.set_name(offer.company());
  gathering.Side(
      "company", sources.catalogue.get(), &CatalogueCalls::GetCompany, company,
      [](pb::OfferPage& page, catalogue::Company& found) { page.mutable_company()->Swap(&found); });
  ambassador::SearchAmbassadorsRequest colleagues;
  colleagues.add_companies(std::string(absl::StripPrefix(offer.company(), "companies/")));
  colleagues.set_page_size(kMostAmbassadors);
  gathering.Side("ambassadors", sources.ambassador.get(), &AmbassadorsCalls::SearchAmbassadors,
                 colleagues, [](pb::OfferPage& page, ambassador::SearchAmbassadorsResponse& found) {
                   page.mutable_ambassadors()->Swap(found.mutable_ambassadors());
                 });
}

void AskForProfession(const PageSources& sources, const catalogue::Offer& offer,
                      Gathering<pb::OfferPage>& gathering) {
  catalogue::GetProfessionRequest profession;
  profession.set_name(offer.profession());
  gathering.Side("profession", sources.catalogue.get(), &CatalogueCalls::GetProfession, profession,
                 [](pb::OfferPage& page, catalogue::Profession& found) {
                   page.mutable_profession()->Swap(&found);
                 });
}

}  // namespace

void MakeOfferPage(const PageSources& sources, std::shared_ptr<const rpc::Call> call,
                   const pb::GetOfferPageRequest& request, rpc::Done<pb::OfferPage> done) {
  catalogue::GetOfferRequest wanted;
  wanted.set_name(request.name());
  Gathering<pb::OfferPage>::Make(
      sources.clock, std::move(call), std::move(done), [&](auto& gathering) {
        gathering.Main(
            sources.catalogue.get(), &CatalogueCalls::GetOffer, wanted,
            [&sources, &gathering](catalogue::Offer& offer) {
              AskForCompany(sources, offer, gathering);
              AskForProfession(sources, offer, gathering);
              gathering.Fill([&](pb::OfferPage& page) { page.mutable_offer()->Swap(&offer); });
            });
      });
}

}  // namespace dm::gateway
