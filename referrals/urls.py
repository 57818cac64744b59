from referrals import concern_urls, domestic_abuse_urls, referral_support_urls, request_urls

urlpatterns = [
    *concern_urls.urlpatterns,
    *domestic_abuse_urls.urlpatterns,
    *referral_support_urls.urlpatterns,
    *request_urls.urlpatterns,
]
