#pragma once

#include "common/time/clock.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/booking/v1/agreement_service.grpc.pb.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/booking/v1/people_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/company_settings_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/moderation_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/offer_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/reference_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/statistics_service.grpc.pb.h"
#include "destinationmetier/notification/v1/contact_service.grpc.pb.h"
#include "services/gateway/api/public_services.h"

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>

namespace dm::gateway {

// One service behind the gateway, as pages call it.
template <typename Service>
class PageSource {
 public:
  using Async = typename Service::StubInterface::async_interface;

  explicit PageSource(std::shared_ptr<grpc::Channel> channel)
      : stub_(Service::NewStub(std::move(channel))) {}
  Async* get() const { return stub_->async(); }

 private:
  std::unique_ptr<typename Service::StubInterface> stub_;
};

// All that pages are made of. Thread-safe.
struct PageSources {
  using Channels = std::map<Peer, std::shared_ptr<grpc::Channel>>;

  // One channel for each peer but kGateway. `page_clock` outlives this.
  PageSources(const Channels& channels, const Clock* page_clock)
      : clock(page_clock),
        catalogue(channels.at(Peer::kCatalogue)),
        offers(channels.at(Peer::kCatalogue)),
        settings(channels.at(Peer::kCatalogue)),
        moderation(channels.at(Peer::kCatalogue)),
        reference(channels.at(Peer::kCatalogue)),
        statistics(channels.at(Peer::kCatalogue)),
        ambassador(channels.at(Peer::kAmbassador)),
        bookings(channels.at(Peer::kBooking)),
        people(channels.at(Peer::kBooking)),
        agreements(channels.at(Peer::kBooking)),
        contacts(channels.at(Peer::kNotification)) {}

  const Clock* const clock;
  const PageSource<destinationmetier::catalogue::v1::CatalogueService> catalogue;
  const PageSource<destinationmetier::catalogue::v1::OfferService> offers;
  const PageSource<destinationmetier::catalogue::v1::CompanySettingsService> settings;
  const PageSource<destinationmetier::catalogue::v1::ModerationService> moderation;
  const PageSource<destinationmetier::catalogue::v1::ReferenceService> reference;
  const PageSource<destinationmetier::catalogue::v1::StatisticsService> statistics;
  const PageSource<destinationmetier::ambassador::v1::AmbassadorService> ambassador;
  const PageSource<destinationmetier::booking::v1::BookingService> bookings;
  const PageSource<destinationmetier::booking::v1::PeopleService> people;
  const PageSource<destinationmetier::booking::v1::AgreementService> agreements;
  const PageSource<destinationmetier::notification::v1::ContactService> contacts;
};

// Their methods.
using CatalogueCalls = PageSource<destinationmetier::catalogue::v1::CatalogueService>::Async;
using OffersCalls = PageSource<destinationmetier::catalogue::v1::OfferService>::Async;
using SettingsCalls = PageSource<destinationmetier::catalogue::v1::CompanySettingsService>::Async;
using ModerationCalls = PageSource<destinationmetier::catalogue::v1::ModerationService>::Async;
using ReferenceCalls = PageSource<destinationmetier::catalogue::v1::ReferenceService>::Async;
using StatisticsCalls = PageSource<destinationmetier::catalogue::v1::StatisticsService>::Async;
using AmbassadorsCalls = PageSource<destinationmetier::ambassador::v1::AmbassadorService>::Async;
using BookingsCalls = PageSource<destinationmetier::booking::v1::BookingService>::Async;
using PeopleCalls = PageSource<destinationmetier::booking::v1::PeopleService>::Async;
using AgreementsCalls = PageSource<destinationmetier::booking::v1::AgreementService>::Async;
using ContactsCalls = PageSource<destinationmetier::notification::v1::ContactService>::Async;

}  // namespace dm::gateway
